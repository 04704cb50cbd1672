//! What one version has and its neighbour has not, as lines in the order of the story.
//!
//! # Layout
//! - [`tree`]: the files of a version, with its own name taken out of them.
//! - [`kind`]: code, template, test or text.
//! - [`lines`]: the changed lines of one file.
//! - [`rust`]: which lines of a file are code.
//! - [`order`]: the order in which a step is read.
//! - [`step`]: all files of a step, in reading order, with their counts.
//! - [`counts`]: how many lines differ.
//! - [`words`]: what changed inside a line.
//! - [`blocks`]: the changes of a file with what is around them, `use` lines folded.
//! - [`terminal`], [`unified`], [`html`]: three ways to show a step.

pub mod blocks;
pub mod counts;
pub mod html;
pub mod kind;
pub mod lines;
pub mod order;
pub mod rust;
pub mod step;
pub mod terminal;
pub mod tree;
pub mod unified;
pub mod words;
