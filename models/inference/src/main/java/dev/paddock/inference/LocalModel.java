package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelDescription.Capability;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import dev.paddock.provider.spi.Scorer;
import dev.paddock.provider.spi.TokenCounter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A model that runs in this process. Its file is opened at once, its weights at the first use. */
public final class LocalModel implements Model {
  private final GgufFile file;
  private final EngineOptions options;
  private final Optional<ConstraintCompiler.Factory> constraints;
  private final ModelDescription description;
  private @Nullable LoadedModel loaded;
  private boolean closed;

  private LocalModel(
      String ref,
      GgufFile file,
      int context,
      EngineOptions options,
      Optional<ConstraintCompiler.Factory> constraints) {
    this.file = file;
    this.options = options;
    this.constraints = constraints;
    EnumSet<Capability> capabilities =
        EnumSet.of(Capability.LOCAL, Capability.SCORING, Capability.LOGPROBS);
    if (constraints.isPresent()) {
      capabilities.addAll(EnumSet.of(Capability.TOOLS, Capability.JSON_SCHEMA, Capability.GRAMMAR));
    }
    description = new ModelDescription(ref, context, context, capabilities);
  }

  /**
   * Opens a GGUF file.
   *
   * @param ref what the model is called, {@code local/NAME}
   * @param constraints makes the compiler of structured output; empty for a model without
   * @throws ModelException if there is no such file, it is damaged, or of a kind not supported
   */
  public static LocalModel open(
      Path path,
      String ref,
      EngineOptions options,
      Optional<ConstraintCompiler.Factory> constraints) {
    GgufFile file = GgufFile.open(path);
    ModelFile about = ModelFile.describe(file, path);
    Architectures.named(about.architecture());
    return new LocalModel(ref, file, about.contextLength(), options, constraints);
  }

  @Override
  public ModelDescription description() {
    return description;
  }

  /** Reads the weights now rather than at the first request. */
  public void load() {
    loaded();
  }

  private synchronized LoadedModel loaded() {
    if (closed) {
      throw new ModelException(ErrorCode.CANCELLED, "the model was closed");
    }
    if (loaded == null) {
      loaded = LoadedModel.load(description.ref(), file, options, constraints);
    }
    return loaded;
  }

  @Override
  public ModelStream stream(ModelRequest request) {
    if (request.adapter().isPresent()) {
      throw new ModelException(
          ErrorCode.INVALID_REQUEST,
          "the model %s has no adapter \"%s\""
              .formatted(description.ref(), request.adapter().get()));
    }
    return new LocalStream(sink -> new Generation(loaded(), request, sink).run());
  }

  @Override
  public Optional<Scorer> scorer() {
    return Optional.of(
        (prefix, branches) -> {
          LoadedModel model = loaded();
          return new LocalScorer(model.engine(), model.tokenizer()).score(prefix, branches);
        });
  }

  @Override
  public Optional<TokenCounter> tokenCounter() {
    return Optional.of(request -> loaded().conversation().prompt(request).tokens().length);
  }

  /** The model's tokens. */
  public Tokenizer tokenizer() {
    return loaded().tokenizer();
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (loaded != null) {
      loaded.engine().close();
      loaded = null;
    }
  }
}
