mod bindings;
mod columns;
