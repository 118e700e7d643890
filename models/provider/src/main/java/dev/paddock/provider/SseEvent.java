package dev.paddock.provider;

/** A server-sent event; {@code type} is {@code message} where none was named. */
record SseEvent(String type, String data) {}
