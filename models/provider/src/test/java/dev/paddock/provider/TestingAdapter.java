package dev.paddock.provider;

import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelDescription;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/** Each provider's adapter, as its tests need it. */
enum TestingAdapter {
  OPENAI("gpt-test", 128_000, 16_384) {
    @Override
    Endpoint endpoint(URI base) {
      return super.endpoint(URI.create(base + "/v1"));
    }

    @Override
    Dialect dialect(Endpoint endpoint) {
      return new OpenAiDialect(endpoint);
    }

    @Override
    String textEvent(String text) {
      return "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"}}]}\n\n";
    }
  },

  ANTHROPIC("claude-test-6", 200_000, 32_000) {
    @Override
    Dialect dialect(Endpoint endpoint) {
      return new AnthropicDialect(endpoint);
    }

    @Override
    String textEvent(String text) {
      return """
      event: content_block_start
      data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"%s"}}

      """
          .formatted(text);
    }
  },

  GEMINI("gemini-test", 1_048_576, 65_536) {
    @Override
    Dialect dialect(Endpoint endpoint) {
      return new GeminiDialect(endpoint);
    }

    @Override
    String textEvent(String text) {
      return "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\""
          + text
          + "\"}]},\"index\":0}]}\r\n\r\n";
    }
  };

  static final String KEY = "sk-test-4e1f00d5ecret";

  private final String id;
  private final long contextTokens;
  private final long maxOutputTokens;

  TestingAdapter(String id, long contextTokens, long maxOutputTokens) {
    this.id = id;
    this.contextTokens = contextTokens;
    this.maxOutputTokens = maxOutputTokens;
  }

  /** The folder of its fixtures and the first part of its references. */
  String provider() {
    return name().toLowerCase(Locale.ROOT);
  }

  Endpoint endpoint(URI base) {
    return new Endpoint(provider(), base, Optional.of(new Secret(KEY)));
  }

  abstract Dialect dialect(Endpoint endpoint);

  /** One event of the provider's form that carries this text. */
  abstract String textEvent(String text);

  /** Whether the provider tells a stop sequence from an ordinary end. */
  boolean tellsStopSequence() {
    return this != GEMINI;
  }

  Model model(URI base, HttpLimits limits) {
    Endpoint endpoint = endpoint(base);
    Dialect dialect = dialect(endpoint);
    return new HttpModel(
        endpoint,
        dialect,
        id,
        new ModelDescription(
            provider() + "/" + id, contextTokens, maxOutputTokens, dialect.capabilities()),
        limits);
  }
}
