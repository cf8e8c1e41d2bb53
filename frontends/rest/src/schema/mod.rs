//! The form of answers, for the description of the service. The rows themselves come from the database
//! as they are: the tests hold each answer to its form here.

#![allow(dead_code)] // nothing is made of these types but the description

pub mod analytics;
pub mod changes;
pub mod events;
pub mod health;
pub mod predictions;
pub mod stats;
