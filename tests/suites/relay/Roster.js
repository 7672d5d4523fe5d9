// What the Relay compiler must take: a paged connection, a fragment that can be fetched anew, a mutation.
import { graphql } from 'relay-runtime';

graphql`
  query RosterQuery($first: Int!, $after: String) {
    ...Roster_cadres @arguments(first: $first, after: $after)
  }
`;

graphql`
  fragment Roster_cadres on Query
  @refetchable(queryName: "RosterPageQuery")
  @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" }) {
    cadres(first: $first, after: $after) @connection(key: "Roster_cadres") {
      edges {
        node {
          id
          ...Roster_cadre
        }
      }
    }
  }
`;

graphql`
  fragment Roster_cadre on Cadre @refetchable(queryName: "RosterCadreQuery") {
    name
    postTitle
  }
`;

graphql`
  mutation RosterUpdateMutation($input: CadreUpdateInput!) {
    cadreUpdate(input: $input) {
      problems {
        code
        message
      }
      cadre {
        ...Roster_cadre
      }
    }
  }
`;
