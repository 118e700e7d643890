package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.SessionRecord;

/**
 * The API's own part of a session's document: {@code wire} is what answers show, {@code filter}
 * holds as text what lists filter by.
 */
final class SessionDoc {
  static final String WIRE = "wire";
  static final String FILTER = "filter";
  static final String MADE_BY = FILTER + ".api";
  static final String API = "managed-agents";
  static final String ARCHIVED = WIRE + ".archived_at";
  static final String AGENT_ID = FILTER + ".agent_id";
  static final String ENVIRONMENT_ID = FILTER + ".environment_id";
  static final String AGENT_VERSION = FILTER + ".agent_version";
  static final String MEMORY = FILTER + ".memory.";

  private SessionDoc() {}

  static JsonNode wire(SessionRecord session) {
    return session.document().path(WIRE);
  }

  static ObjectNode wire(ObjectNode document) {
    return document.withObjectProperty(WIRE);
  }

  /** Archives it once; returns what {@code session.updated} says. */
  static ObjectNode archive(ObjectNode document, String now) {
    ObjectNode own = wire(document);
    if (Archived.is(own)) {
      return Json.object();
    }
    own.put("archived_at", now);
    return Json.object().put("archived_at", now);
  }

  static boolean archived(SessionRecord session) {
    return Archived.is(wire(session));
  }
}
