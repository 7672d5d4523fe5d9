//! The appointment form (干部任免审批表, `.lrmx`): read leniently, written without loss. Its parts, in the order in which a
//! file passes them, stand in its folder.

pub mod decode;
pub mod file;
pub mod form;
pub mod limits;
pub mod save;
pub mod tree;
pub mod values;
pub mod warning;
