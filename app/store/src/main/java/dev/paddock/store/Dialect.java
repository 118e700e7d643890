package dev.paddock.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.paddock.core.Json;
import java.util.List;

/** The conditions that databases word differently. */
enum Dialect {
  SQLITE {
    @Override
    void holds(Where where, String column, List<String> path, String text) {
      String json = path(path);
      where.and("json_type(" + column + ", ?) = 'text'", json);
      where.and("json_extract(" + column + ", ?) = ?", json, text);
    }

    @Override
    void lacks(Where where, String column, List<String> path) {
      where.and("coalesce(json_type(" + column + ", ?), 'null') = 'null'", path(path));
    }

    // Quoted, so that a name of digits is no index: https://sqlite.org/json1.html#path_arguments
    private static String path(List<String> parts) {
      return "$.\"" + String.join("\".\"", parts) + "\"";
    }
  },

  POSTGRES {
    // The function makes jsonb of any document; indexes are on it.
    @Override
    void holds(Where where, String column, List<String> path, String text) {
      JsonNode wanted = TextNode.valueOf(text.replace('\0', '\uffff'));
      for (String part : path.reversed()) {
        wanted = Json.object().set(part, wanted);
      }
      where.and("searchable(" + column + ") @> CAST(? AS jsonb)", Json.write(wanted));
    }

    @Override
    void lacks(Where where, String column, List<String> path) {
      where.and(
          "coalesce(jsonb_typeof(searchable("
              + column
              + ") #> CAST(? AS text[])), 'null') = 'null'",
          "{" + String.join(",", path) + "}");
    }
  };

  /** The field holds exactly this text. */
  abstract void holds(Where where, String column, List<String> path, String text);

  /** There is no such field, or null. */
  abstract void lacks(Where where, String column, List<String> path);
}
