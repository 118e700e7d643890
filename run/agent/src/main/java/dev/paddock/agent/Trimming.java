package dev.paddock.agent;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.Json;
import dev.paddock.provider.spi.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Fits a conversation into a model's context. A unit is one message, or an assistant's message with
 * the results of its calls; it stays whole or goes whole. The first and the newest user message and
 * the newest unit always stay.
 */
final class Trimming {
  private static final int BYTES_PER_TOKEN = 3;
  private static final int TOKENS_PER_MESSAGE = 8;
  private static final int TOKENS_PER_ATTACHMENT = 1600;
  private static final int LEAST_CHARS = 200;

  private Trimming() {}

  /** A cautious estimate: a token every three bytes. */
  static long tokens(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length / BYTES_PER_TOKEN + 1L;
  }

  static List<Message> fit(List<List<Message>> units, long room) {
    List<List<Message>> kept = units;
    long chars = room / 4 * BYTES_PER_TOKEN;
    while (tokens(kept) > room && chars > LEAST_CHARS) {
      kept = drop(shorten(units, chars), room);
      chars /= 2;
    }
    return kept.stream().flatMap(List::stream).toList();
  }

  /**
   * Leaves out the oldest units. How much goes grows in leaps of a quarter of the room, so that the
   * start of the conversation, which providers cache, moves rarely.
   */
  private static List<List<Message>> drop(List<List<Message>> units, long room) {
    long leap = Math.max(1, room / 4);
    long excess = tokens(units) - room;
    if (excess <= 0) {
      return units;
    }
    long goal = (excess + leap - 1) / leap * leap;
    Set<Integer> pinned = pinned(units);
    List<List<Message>> kept = new ArrayList<>();
    long gone = 0;
    int dropped = 0;
    int place = -1;
    for (int i = 0; i < units.size(); i++) {
      if (gone < goal && !pinned.contains(i)) {
        gone += tokens(List.of(units.get(i)));
        dropped++;
        place = place < 0 ? kept.size() : place;
      } else {
        kept.add(units.get(i));
      }
    }
    if (dropped > 0) {
      kept.add(
          place,
          List.of(
              new Message.Instruction(
                  "[%d earlier steps are left out here, they did not fit.]".formatted(dropped))));
    }
    return kept;
  }

  private static Set<Integer> pinned(List<List<Message>> units) {
    Set<Integer> pinned = new HashSet<>();
    int newestUser = -1;
    int newestTurn = -1;
    for (int i = 0; i < units.size(); i++) {
      switch (units.get(i).getFirst()) {
        case Message.User ignored -> {
          if (newestUser < 0) {
            pinned.add(i);
          }
          newestUser = i;
        }
        case Message.Assistant ignored -> newestTurn = i;
        case Message.ToolResult ignored -> {}
        case Message.Instruction ignored -> {}
      }
    }
    pinned.add(newestUser);
    pinned.add(newestTurn);
    pinned.add(units.size() - 1);
    return pinned;
  }

  private static List<List<Message>> shorten(List<List<Message>> units, long maxChars) {
    int max = Math.clamp(maxChars, LEAST_CHARS, Integer.MAX_VALUE);
    return units.stream()
        .map(unit -> unit.stream().map(message -> shorten(message, max)).toList())
        .toList();
  }

  private static Message shorten(Message message, int max) {
    return switch (message) {
      case Message.User m -> new Message.User(Excerpt.of(m.content(), max));
      case Message.ToolResult m ->
          new Message.ToolResult(
              m.callId(), m.toolName(), Excerpt.of(m.content(), max), m.isError());
      case Message.Assistant m -> m;
      case Message.Instruction m -> m;
    };
  }

  static long tokens(List<List<Message>> units) {
    return units.stream().flatMap(List::stream).mapToLong(Trimming::tokens).sum();
  }

  private static long tokens(Message message) {
    return TOKENS_PER_MESSAGE
        + switch (message) {
          case Message.User m -> tokensOf(m.content());
          case Message.ToolResult m -> tokensOf(m.content());
          case Message.Instruction m -> tokens(m.text());
          case Message.Assistant m ->
              tokens(m.text())
                  + m.thinking().map(Trimming::tokens).orElse(0L)
                  + m.state().map(state -> tokens(Json.write(state.value()))).orElse(0L)
                  + m.calls().stream()
                      .mapToLong(call -> tokens(call.name() + Json.write(call.input())))
                      .sum();
        };
  }

  private static long tokensOf(List<ContentBlock> content) {
    return content.stream()
        .mapToLong(
            block ->
                switch (block) {
                  case ContentBlock.Text text -> tokens(text.text());
                  case ContentBlock.Image ignored -> TOKENS_PER_ATTACHMENT;
                  case ContentBlock.Document ignored -> TOKENS_PER_ATTACHMENT;
                  case ContentBlock.SearchResult hit -> tokens(Json.write(hit));
                  case ContentBlock.Redacted ignored -> 0;
                })
        .sum();
  }
}
