//! Who may see policies, talks, files that came in, and how many fill a post.

use entity::{
    id::{AccountId, OrganizationId},
    import_finding,
    kind::{
        FactState, PolicyState,
        Role::{Cadre, Mentor, OrganizationOfficer},
    },
    policy_edition, post, talk, upload,
};

use super::{DECIDING, Lens, ROWS};

impl Lens<'_> {
    /// An edition: where one decides about it, drafts too; published, at, below or above what a grant reaches.
    pub fn edition(&self, row: &policy_edition::Model) -> bool {
        let reading = [ROWS, &[Mentor, Cadre]].concat();
        let at = row.organization_id;
        let below = self.held.iter().any(|(role, top, _)| reading.contains(role) && self.raw.within(*top, at));
        let published = row.state == PolicyState::Published && (below || self.reaches(&reading, at));
        self.reaches(DECIDING, at) || published
    }

    /// A talk: held by people of a place within reach, or one's own. With nobody above the ceiling.
    pub fn talk(&self, row: &talk::Model) -> bool {
        let own = row.cadre_id.is_some_and(|person| self.is_me(&[Cadre], person));
        let cleared = row.cadre_id.is_none_or(|person| self.cleared(self.raw.cadre(person)));
        (self.reaches(ROWS, row.organization_id) || own) && cleared
    }

    /// What came in, or went in, for a place: within reach of an officer.
    pub fn came_in(&self, at: OrganizationId) -> bool {
        self.reaches(&[OrganizationOfficer], at)
    }

    /// A file: the own ones.
    pub fn upload(&self, row: &upload::Model, own: AccountId) -> bool {
        row.account_id == own && self.came_in(row.organization_id)
    }

    /// What was found in a file: of the own runs.
    pub fn finding(&self, row: &import_finding::Model, own: AccountId) -> bool {
        let run = self.raw.runs.iter().find(|it| it.id == row.run_id).expect("a run");
        run.account_id == own && self.came_in(run.organization_id)
    }

    /// How many fill a post: where its organization's rows may be read, those up to the ceiling.
    pub fn holders(&self, row: &post::Model) -> Option<usize> {
        let held = self.raw.posts.iter().filter(|it| it.post_id == Some(row.id) && it.state == FactState::Recorded);
        let counted = held.filter(|it| self.cleared(self.raw.cadre(it.cadre_id)));
        self.reaches(ROWS, row.organization_id).then(|| counted.count())
    }
}
