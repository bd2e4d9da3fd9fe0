pub mod tracellm;
