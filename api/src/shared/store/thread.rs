//! What each serving thread has for itself of what a server holds: its own connections, which wake no other thread.

use std::{any::Any, cell::RefCell, collections::HashMap, marker::PhantomData};

use uuid::Uuid;

thread_local! {
    /// By the name of what it is of: a process may hold several servers, and tests do.
    static OWN: RefCell<HashMap<Uuid, Box<dyn Any>>> = RefCell::default();
}

/// A place that each serving thread has for itself.
pub struct PerThread<T> {
    name: Uuid,
    of: PhantomData<fn() -> T>,
}

impl<T: Clone + Default + 'static> Default for PerThread<T> {
    fn default() -> Self {
        Self { name: Uuid::now_v7(), of: PhantomData }
    }
}

impl<T: Clone + Default + 'static> PerThread<T> {
    /// Has this thread keep one from here on: it serves, and lives as long as the server.
    pub fn adopt(&self) {
        OWN.with_borrow_mut(|own| {
            own.entry(self.name).or_insert_with(|| Box::new(T::default()));
        });
    }

    /// What this thread keeps, after a change to it; none where it does not serve.
    pub fn get(&self, change: impl FnOnce(&mut T)) -> Option<T> {
        OWN.with_borrow_mut(|own| {
            let kept = own.get_mut(&self.name)?.downcast_mut::<T>()?;
            change(kept);
            Some(kept.clone())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_keeps_its_own_once_it_serves() {
        let place = PerThread::<u8>::default();
        assert_eq!(place.get(|it| *it += 1), None);
        place.adopt();
        assert_eq!(place.get(|it| *it += 1), Some(1));
        place.adopt();
        assert_eq!(place.get(|it| *it += 1), Some(2));
        assert_eq!(PerThread::<u8>::default().get(|_| ()), None);
        std::thread::scope(|threads| {
            threads.spawn(|| assert_eq!(place.get(|_| ()), None));
        });
    }
}
