//! Real NTSB files, where there are any: `NTSB_DATA` names their folder.
