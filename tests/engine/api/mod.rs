mod bindings;
mod columns;
mod declared;
mod hostile_requests;
mod page;
