package dev.paddock.node;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.LogEntry;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.spi.LogQuery;
import dev.paddock.web.WebUrl;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code url_sources} of {@code web_fetch}: which URLs a conversation has shown by sources that
 * count.
 */
record UrlSources(JsonNode config) {
  /** The events that can show a URL. */
  static final LogQuery QUERY =
      LogQuery.ALL.withTypes(
          Set.of(
              "user.message",
              "agent.tool_use",
              "agent.tool_result",
              "agent.custom_tool_use",
              "user.custom_tool_result"));

  private static final Set<String> OF_THE_WEB = Set.of("web_fetch", "web_search");
  private static final Pattern URL = Pattern.compile("https?://[^\\s<>\"'`\\])}]{1,4000}");

  /** Every URL that may be fetched. */
  Set<WebUrl> in(List<LogEntry> log) {
    Map<EventId, String> calls = new HashMap<>();
    Set<WebUrl> urls = new HashSet<>();
    for (LogEntry entry : log) {
      switch (entry.event()) {
        case SessionEvent.AgentToolUse call -> calls.put(call.id(), call.name());
        case SessionEvent.AgentCustomToolUse call -> calls.put(call.id(), call.name());
        case SessionEvent.UserMessage said -> {
          if (counts("user_input", "")) {
            collect(said.content(), urls);
          }
        }
        case SessionEvent.AgentToolResult result -> {
          String tool = calls.getOrDefault(result.callId(), "");
          if (OF_THE_WEB.contains(tool) && counts("server_tool_results", tool)) {
            collect(result.content(), urls);
          }
        }
        case SessionEvent.UserCustomToolResult result -> {
          if (counts("client_tool_results", calls.getOrDefault(result.callId(), ""))) {
            collect(result.content(), urls);
          }
        }
        default -> {}
      }
    }
    return urls;
  }

  private boolean counts(String source, String tool) {
    JsonNode rule = config.path(source);
    return switch (rule.path("type").asText("all")) {
      case "none" -> false;
      case "only" -> names(rule, tool);
      case "except" -> !names(rule, tool);
      default -> true;
    };
  }

  private static boolean names(JsonNode rule, String tool) {
    for (JsonNode reference : rule.path("tools")) {
      if (reference.path("name").asText().equals(tool)) {
        return true;
      }
    }
    return false;
  }

  private static void collect(List<ContentBlock> content, Set<WebUrl> urls) {
    Matcher found = URL.matcher(ContentBlock.textOf(content));
    while (found.find()) {
      url(found.group().replaceFirst("[.,;:!?]+$", "")).ifPresent(urls::add);
    }
  }

  private static Optional<WebUrl> url(String text) {
    try {
      return Optional.of(WebUrl.parse(text));
    } catch (PaddockException notAUrl) {
      return Optional.empty();
    }
  }
}
