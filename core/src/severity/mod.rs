//! How severe an accident is likely to be: what may be known of it and when ([`features`]), how that
//! becomes numbers ([`encoder`]), what must never become one ([`guard`]), and which events a model learns
//! from and is judged by ([`split`]).

pub mod encoder;
pub mod features;
pub mod guard;
pub mod options;
pub mod split;
pub mod target;
