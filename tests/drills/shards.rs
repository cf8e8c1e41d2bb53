//! Events of three clusters by decade, with kills during distributed steps.
