package dev.paddock.server.spi;

import dev.paddock.core.Json;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.TokenCounter;
import java.util.Map;
import java.util.Optional;

/**
 * How many tokens a request has. Where its provider cannot count it is an estimate, four bytes of
 * its JSON a token, and the answer's header says so.
 */
public record TokenCount(long tokens, boolean exact) {
  private static final int BYTES_A_TOKEN = 4;

  public static TokenCount of(Model model, ModelRequest request) throws InterruptedException {
    Optional<TokenCounter> counter = model.tokenCounter();
    if (counter.isEmpty()) {
      long bytes =
          size(request.messages())
              + size(request.tools())
              + request.system().map(TokenCount::size).orElse(0L);
      return new TokenCount(Math.ceilDiv(bytes, BYTES_A_TOKEN), false);
    }
    return new TokenCount(counter.get().count(request), true);
  }

  private static long size(Object part) {
    return Json.bytes(part).length;
  }

  public Map<String, String> headers() {
    return exact ? Map.of() : Map.of("paddock-token-count", "estimate");
  }
}
