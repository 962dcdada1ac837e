//! The device: its messages, one conversation without input and output, one that runs, and one over a unix socket. What a
//! guest sees of it is tested where guests run.

mod cuts;
mod fixture;
mod machine;
mod session;
mod socket;
mod turns;
mod vectors;
