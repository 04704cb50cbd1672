//! v06: short access tokens, renewed by a refresh token that works once.

mod family;
mod later;
mod lifetime;
mod race;
mod rotation;
mod shape;
mod times;
