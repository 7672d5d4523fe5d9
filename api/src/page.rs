//! Pages and cursors: which slice of a list a question asks for, and a bookmark that only its own list accepts.
//!
//! A cursor is the last row's sort value and id, bound to the question, filter and order by a digest, and signed: it
//! stays right under inserts, and neither a forged one nor one of another list can steer a query.

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    error::{Error, Result},
    hash::sha256,
};

/// Most rows of one page.
pub const MOST: u64 = 100;

/// What lists can be ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Order {
    /// By name in pinyin, then id.
    #[default]
    Name,
    /// By id, which is the order of recording.
    Id,
    /// By id, the last recorded first.
    Newest,
}

/// Where a page starts: after this row.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Position {
    /// The row's sort value; none when rows are ordered by id.
    pub sort: Option<String>,
    /// The row's id.
    pub id: Uuid,
}

/// Which page of which list.
#[derive(Clone, Debug, Serialize)]
pub struct PageArgs {
    /// How many rows, 1..=100.
    pub first: u64,
    /// After which row.
    pub after: Option<Position>,
    /// In which order.
    pub order: Order,
    /// Digest of the list that cursors are bound to.
    bound: [u8; 8],
}

/// One page of rows, and whether more follow.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows, each with its position.
    pub rows: Vec<(Position, T)>,
    /// Whether there are more.
    pub more: bool,
    bound: [u8; 8],
}

impl<T> Page<T> {
    /// A page as a reader found it.
    pub fn new(rows: Vec<(Position, T)>, more: bool, args: &PageArgs) -> Self {
        Self { rows, more, bound: args.bound }
    }

    /// The signed cursor of a position on this page.
    pub fn cursor(&self, position: &Position, key: &CursorKey) -> String {
        key.sign(position, self.bound)
    }
}

impl PageArgs {
    /// Reads a page's arguments. `list` is everything that makes the list: the question's name, its filter.
    ///
    /// # Errors
    /// `Invalid` on `first` outside 1..=100, on `after` that is forged or of another list.
    pub fn open(
        first: i32,
        after: Option<&str>,
        order: Order,
        list: &(impl Serialize + ?Sized),
        key: &CursorKey,
    ) -> Result<Self> {
        let count = u64::try_from(first).unwrap_or(0);
        if !(1..=MOST).contains(&count) {
            return Err(Error::invalid(
                "first",
                format!("is {first}; ask for 1 to {MOST} and follow pageInfo.endCursor"),
            ));
        }
        let text = serde_json::to_vec(&(list, order)).map_err(Error::internal)?;
        let bound = sha256(&text);
        let after = after.map(|cursor| key.read(cursor, bound)).transpose()?;
        Ok(Self { first: count, after, order, bound })
    }

    /// Puts the key that the page starts after through a function. Whether that is all that it starts after.
    pub fn each_key(&mut self, of: &mut dyn FnMut(Uuid) -> Uuid) -> bool {
        let Some(after) = &mut self.after else { return true };
        after.id = of(after.id);
        after.sort.is_none()
    }
}

/// Signs and checks cursors.
#[derive(Clone)]
pub struct CursorKey(hmac::Key);

impl CursorKey {
    /// A key from secret bytes.
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The name of a number that only this deployment can read: it tells nobody how many numbers lie between two.
    pub fn name(&self, number: i64) -> String {
        let tag = self.tag(number);
        BASE64_URL_SAFE_NO_PAD.encode([tag, self.masked(tag, number).to_be_bytes()].concat())
    }

    /// The number of a name; none where the name is not one of ours.
    pub fn number(&self, name: &str) -> Option<i64> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(name).ok()?;
        let (tag, body) = bytes.split_at_checked(8)?;
        let (tag, body): ([u8; 8], [u8; 8]) = (tag.try_into().ok()?, body.try_into().ok()?);
        let number = self.masked(tag, i64::from_be_bytes(body));
        aws_lc_rs::constant_time::verify_slices_are_equal(&tag, &self.tag(number)).ok().map(|()| number)
    }

    fn tag(&self, number: i64) -> [u8; 8] {
        short(&hmac::sign(&self.0, &[b"number:".as_slice(), &number.to_be_bytes()].concat()))
    }

    fn masked(&self, tag: [u8; 8], number: i64) -> i64 {
        number ^ i64::from_be_bytes(short(&hmac::sign(&self.0, &[b"mask:".as_slice(), &tag].concat())))
    }

    fn sign(&self, position: &Position, bound: [u8; 8]) -> String {
        let body = serde_json::to_vec(position).unwrap_or_default();
        let tag = hmac::sign(&self.0, &[bound.as_slice(), &body].concat());
        let short = tag.as_ref().get(..16).unwrap_or_default();
        BASE64_URL_SAFE_NO_PAD.encode([short, &body].concat())
    }

    fn read(&self, cursor: &str, bound: [u8; 8]) -> Result<Position> {
        let wrong = || {
            Error::invalid(
                "after",
                "is no cursor of this list: pass an endCursor of the same query, filter and orderBy, or leave it out to start over",
            )
        };
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
        let (short, body) = bytes.split_at_checked(16).ok_or_else(wrong)?;
        let tag = hmac::sign(&self.0, &[bound.as_slice(), body].concat());
        let expected = tag.as_ref().get(..16).unwrap_or_default();
        aws_lc_rs::constant_time::verify_slices_are_equal(short, expected).map_err(|_| wrong())?;
        serde_json::from_slice(body).map_err(|_| wrong())
    }
}

fn short(tag: &hmac::Tag) -> [u8; 8] {
    let mut out = [0; 8];
    out.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_numbers_name_is_read_by_its_own_key_alone() {
        let (key, other) = (CursorKey::new(b"secret"), CursorKey::new(b"another"));
        for number in [0, 1, 2, 255, i64::MAX, -1] {
            let name = key.name(number);
            assert_eq!((key.number(&name), other.number(&name)), (Some(number), None));
            assert_eq!(name.len(), 22);
        }
        for bad in ["", "1", "!!", &key.name(7)[1..], &format!("{}AA", key.name(7))] {
            assert_eq!(key.number(bad), None, "{bad}");
        }
        assert_ne!(key.name(1)[..8], key.name(2)[..8]);
    }

    #[test]
    fn a_cursor_is_good_for_its_own_list_alone() {
        let key = CursorKey::new(b"secret");
        let args = |after: Option<&str>, filter: &str, order| PageArgs::open(20, after, order, filter, &key);
        let position = Position { sort: Some("li lei".into()), id: Uuid::from_u128(7) };
        let first = args(None, "north", Order::Name).unwrap();
        let page = Page::new(vec![(position.clone(), ())], true, &first);
        let cursor = page.cursor(&position, &key);

        assert_eq!(args(Some(&cursor), "north", Order::Name).unwrap().after, Some(position));
        assert!(args(Some(&cursor), "south", Order::Name).is_err());
        assert!(args(Some(&cursor), "north", Order::Id).is_err());
        for bad in ["", "x", "!!", &cursor[1..], &format!("{cursor}AA")] {
            assert!(args(Some(bad), "north", Order::Name).is_err(), "{bad}");
        }
        for first in [0, -1, 101, i32::MAX] {
            assert!(PageArgs::open(first, None, Order::Id, "", &key).is_err());
        }
    }
}
