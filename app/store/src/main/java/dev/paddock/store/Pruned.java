package dev.paddock.store;

/** What a prune removed. */
public record Pruned(int sessions, int blobs, long blobBytes) {}
