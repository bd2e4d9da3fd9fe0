//! The database: opening, migrations, connections, and one file per table.
