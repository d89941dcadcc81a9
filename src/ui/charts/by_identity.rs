//! A shared value that is compared by identity, so that comparing properties of components is cheap.

use std::ops::Deref;
use std::rc::Rc;

/// Compares by identity.
pub struct ByIdentity<T>(pub Rc<T>);

impl<T> Clone for ByIdentity<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> PartialEq for ByIdentity<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for ByIdentity<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
