//! Memory that is free, and that the allocator still holds.

/// Gives memory that nothing uses back to the system.
///
/// Of glibc alone it must be asked: it keeps whatever lies below a block in use, and one block is enough to keep
/// all that a flood of rows has left.
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "there is no other way to ask")]
    // SAFETY: it takes a number and moves no block that is in use (malloc_trim(3)).
    unsafe {
        libc::malloc_trim(0);
    }
}
