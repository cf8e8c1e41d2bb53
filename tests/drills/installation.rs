//! Packages installed, upgraded, removed and purged in clean chroots.
