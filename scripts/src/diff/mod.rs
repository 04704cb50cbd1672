//! What one version has and its neighbour has not, as lines in the order of the story.
//!
//! # Layout
//! - [`tree`]: the files of a version, with its own name taken out of them.
//! - [`kind`]: code, template, test or text.
//! - [`lines`]: the changed lines of one file.
//! - [`step`]: all files of a step, in reading order, with their counts.
//! - [`counts`]: how many lines differ.
//! - [`words`]: what changed inside a line.
//! - [`terminal`], [`unified`], [`html`]: three ways to show a step.

pub mod counts;
pub mod html;
pub mod kind;
pub mod lines;
pub mod order;
pub mod step;
pub mod terminal;
pub mod tree;
pub mod unified;
pub mod words;
