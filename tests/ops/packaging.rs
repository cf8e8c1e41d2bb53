//! Packages: contents, units and documents that deploy/packages describes.
