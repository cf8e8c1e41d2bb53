//! How much memory a question about places may take.

use crate::error::Error;
use pgrx::guc::{GucContext, GucFlags, GucRegistry, GucSetting};

/// In kilobytes. Enough for clustering a million points; the NTSB has 78,000.
static WORK_MEM: GucSetting<i32> = GucSetting::<i32>::new(256 * 1024);

pub fn define_setting() {
    GucRegistry::define_int_guc(
        c"ntsb.work_mem",
        c"Memory that clustering and spatial statistics may take.",
        c"A question that needs more is refused before it begins, and says how much it needs.",
        &WORK_MEM,
        64,
        i32::MAX,
        GucContext::Userset,
        GucFlags::UNIT_KB,
    );
}

/// In bytes.
pub fn allowed() -> u64 {
    u64::try_from(WORK_MEM.get()).unwrap_or(0) * 1024
}

/// What a question needs, in bytes: so many for each point, and others.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    pub per_point: u64,
    pub besides: u64,
}

impl Need {
    pub fn of(self, points: u64) -> u64 {
        self.per_point.saturating_mul(points).saturating_add(self.besides)
    }

    /// The most points that the setting has room for.
    pub fn most_points(self) -> u64 {
        allowed().saturating_sub(self.besides) / self.per_point.max(1)
    }

    pub fn refuse(self, what: &'static str, points: u64) -> Error {
        Error::WorkMem { what, need: self.of(points), allowed: allowed() }
    }
}
