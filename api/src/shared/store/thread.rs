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

impl<T> Default for PerThread<T> {
    fn default() -> Self {
        Self { name: Uuid::now_v7(), of: PhantomData }
    }
}

impl<T: Clone + 'static> PerThread<T> {
    /// Has this thread keep one from here on: it serves, and lives as long as the server.
    pub fn adopt(&self) {
        OWN.with_borrow_mut(|own| {
            own.entry(self.name).or_insert_with(|| Box::new(None::<T>));
        });
    }

    /// What this thread keeps, made when it is first needed; none where it does not serve.
    pub fn get(&self, make: impl FnOnce() -> Option<T>) -> Option<T> {
        OWN.with_borrow_mut(|own| {
            let kept = own.get_mut(&self.name)?.downcast_mut::<Option<T>>()?;
            if kept.is_none() {
                *kept = make();
            }
            kept.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_keeps_its_own_once_it_serves() {
        let place = PerThread::<u8>::default();
        assert_eq!(place.get(|| Some(1)), None);
        place.adopt();
        assert_eq!(place.get(|| None), None);
        assert_eq!(place.get(|| Some(2)), Some(2));
        place.adopt();
        assert_eq!(place.get(|| Some(3)), Some(2));
        assert_eq!(PerThread::default().get(|| Some(4)), None);
        std::thread::scope(|threads| {
            threads.spawn(|| assert_eq!(place.get(|| Some(5)), None));
        });
    }
}
