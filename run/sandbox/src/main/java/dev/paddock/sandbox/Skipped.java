package dev.paddock.sandbox;

/** Something that was left where it is, and why. */
public record Skipped(String path, String reason) {}
