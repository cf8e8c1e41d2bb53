#![allow(clippy::unwrap_used)]

mod golden;
mod hostile;
mod made_up;
mod peer;
mod versions;
