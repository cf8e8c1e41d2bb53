#![allow(clippy::unwrap_used)]

mod golden;
mod hostile;
mod random_forests;
mod versions;
mod xgboost_equality;
