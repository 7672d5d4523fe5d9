//! Places for files that come in. Each is held in memory until its end, so there are few: one address must not take more
//! than one, nor one account more than two, or a single holder of an address keeps everybody else out.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use uuid::Uuid;

use crate::auth::token::Subject;

/// Files that come in at once.
const MOST: usize = 4;
/// Those of one account.
const OF_ONE: usize = 2;

/// The files that come in now, and whose they are.
#[derive(Default)]
pub struct Receiving(Mutex<HashMap<Uuid, Subject>>);

impl Receiving {
    /// A place for a file; none while it comes in already, or too many do.
    pub fn take(self: &Arc<Self>, upload: Uuid, whose: Subject) -> Option<Place> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let theirs = held.values().filter(|it| **it == whose).count();
        if held.len() >= MOST || theirs >= OF_ONE || held.contains_key(&upload) {
            return None;
        }
        held.insert(upload, whose);
        Some(Place { receiving: self.clone(), upload })
    }
}

/// The place of a file, until it is dropped.
pub struct Place {
    receiving: Arc<Receiving>,
    upload: Uuid,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.receiving.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.upload);
    }
}
