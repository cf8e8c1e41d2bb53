//! Pipelines (directed acyclic graphs of tasks): when a schedule is due next ([`Schedule`]), and whether the
//! tasks of a pipeline can be put in order ([`check_tasks`]).

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod graph;
mod schedule;

pub use graph::{GraphError, MAX_TASKS, Task, check_tasks};
pub use schedule::{Schedule, ScheduleError};
