//! The unit of temperatures, which the file does not say.
