mod catalog;
mod conversation;
mod edit;
mod filter;
mod insights;
mod many;
mod outliers;
mod overview;
