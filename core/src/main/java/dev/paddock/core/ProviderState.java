package dev.paddock.core;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a provider wants back with the next request (thinking and thought signatures, encrypted
 * reasoning), stored with the turn and never looked into.
 *
 * @param provider who may read it; a request to another provider leaves it out
 */
public record ProviderState(String provider, JsonNode value) {}
