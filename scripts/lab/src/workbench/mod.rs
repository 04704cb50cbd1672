//! The workbench: a copy of one version in which a learner writes the next step.

pub mod bench;
pub mod state;
