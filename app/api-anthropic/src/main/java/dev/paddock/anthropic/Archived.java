package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.server.spi.ServerException;

/** What is kept and takes no part any more; its document says since when. */
final class Archived {
  private static final String AT = "archived_at";

  private Archived() {}

  static boolean is(JsonNode document) {
    return document.path(AT).isTextual();
  }

  static void refuse(JsonNode document, String what) {
    if (is(document)) {
      throw new ServerException(ErrorCode.INVALID_REQUEST, "the %s is archived".formatted(what));
    }
  }

  static ResourceFilter without(ResourceFilter filter) {
    return filter.withAbsent(AT);
  }

  /** A list shows them to those who ask for them. */
  static ResourceFilter unlessAsked(Query query, ResourceFilter filter) {
    return query.flag("include_archived") ? filter : without(filter);
  }
}
