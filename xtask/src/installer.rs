//! The installer of this version: `pg_ntsb--VERSION.sql` and `pg_ntsb.control`.
//!
//! pgrx stores a description of each SQL item in a section of the library; `cargo pgrx schema` turns it
//! into SQL by the same calls. The whole of cargo-pgrx takes longer to build than the extension, and its
//! build flags would compile every shared dependency a second time.

use std::error::Error;
use std::path::Path;

use object::{Object, ObjectSection};
use pgrx_sql_entity_graph::section::{decode_entities, is_schema_section_name};
use pgrx_sql_entity_graph::{ControlFile, PgrxSql, SqlGraphEntity};

const NAME: &str = "pg_ntsb";
const CONTROL: &str = include_str!("../../pg_ntsb/pg_ntsb.control");
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Writes both files into `out_dir`.
pub fn write(library: &Path, out_dir: &Path) -> Result<(), Box<dyn Error>> {
    let bytes =
        std::fs::read(library).map_err(|e| format!("cannot read {}: {e}", library.display()))?;
    let file = object::File::parse(&*bytes)?;
    let section = file
        .sections()
        .find(|s| s.name().is_ok_and(is_schema_section_name))
        .ok_or("the library holds no pgrx schema section: was it linked with --gc-sections?")?;
    let control = ControlFile::from_str_with_cargo_version(CONTROL, VERSION)?;
    let mut entities = vec![SqlGraphEntity::ExtensionRoot(control)];
    entities.extend(decode_entities(section.data()?)?);
    // The control file names the library, so it is not versioned.
    let sql = PgrxSql::build(entities.into_iter(), NAME.to_owned(), false)?.to_sql()?;

    std::fs::create_dir_all(out_dir)?;
    std::fs::write(out_dir.join(format!("{NAME}--{VERSION}.sql")), sql)?;
    let control = CONTROL.replace("@CARGO_VERSION@", VERSION);
    std::fs::write(out_dir.join(format!("{NAME}.control")), control)?;
    Ok(())
}
