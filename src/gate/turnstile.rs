//! How many processes may run at once.
//!
//! Called by the executor: whoever starts a process passes first, and lets the next one in when it has ended. It must not know what
//! they are.

use std::sync::{Condvar, Mutex, PoisonError};

/// Lets a number of callers in at once.
pub(super) struct Turnstile {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Turnstile {
    /// For this many; at least one.
    pub(super) fn new(places: usize) -> Self {
        Self {
            free: Mutex::new(places.max(1)),
            freed: Condvar::new(),
        }
    }

    /// Waits for a place, does the work, and frees the place.
    pub(super) fn pass<T>(&self, work: impl FnOnce() -> T) -> T {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self
            .freed
            .wait_while(free, |free| *free == 0)
            .unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        drop(free);
        let done = work();
        *self.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.freed.notify_one();
        done
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::Turnstile;

    #[test]
    fn no_more_than_its_places_are_inside() {
        let (turnstile, inside, most) =
            (Turnstile::new(2), AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    turnstile.pass(|| {
                        most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::yield_now();
                        inside.fetch_sub(1, Ordering::SeqCst);
                    });
                });
            }
        });
        assert!((1..=2).contains(&most.load(Ordering::SeqCst)));
    }
}
