mod bindings;
mod columns;
mod page;
