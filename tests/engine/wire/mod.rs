mod tracellm;
