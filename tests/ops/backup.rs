//! The configuration of backups in deploy/backup, checked by the programs that read it.
