package dev.paddock.node;

import dev.paddock.core.ErrorCode;
import dev.paddock.inference.EngineOptions;
import dev.paddock.inference.LocalModel;
import dev.paddock.inference.SchemaCompiler;
import dev.paddock.provider.LocalModelFiles;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.ModelPull;
import dev.paddock.provider.ModelRef;
import dev.paddock.provider.PullProgress;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelFactory;
import dev.paddock.provider.spi.ModelListing;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The models that run in this process. The embedded one is fetched when it is first opened. */
public final class LocalModelFactory implements ModelFactory {
  private final LocalModelFiles files;
  private final ModelPull pull;
  private volatile PullProgress progress = PullProgress.NONE;

  LocalModelFactory(Path cache, Map<String, String> environment) {
    this.files = new LocalModelFiles(cache);
    this.pull = new ModelPull(files, environment);
  }

  /** Told of what is fetched. */
  public void report(PullProgress shown) {
    progress = shown;
  }

  public LocalModelFiles files() {
    return files;
  }

  public ModelPull pull() {
    return pull;
  }

  @Override
  public String provider() {
    return ModelRef.EMBEDDED.provider();
  }

  @Override
  public boolean configured() {
    return true;
  }

  @Override
  public String howToConfigure() {
    return "nothing to set";
  }

  @Override
  public Model open(String id) {
    Path file = fileOf(id);
    return LocalModel.open(
        file,
        new ModelRef(provider(), id).toString(),
        EngineOptions.DEFAULT,
        Optional.of(SchemaCompiler::new));
  }

  /** The file of a model; the embedded one is fetched if need be. */
  public Path fileOf(String id) {
    if (id.equals(ModelRef.EMBEDDED.model())) {
      try {
        return pull.embedded(progress).file();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ModelException(ErrorCode.CANCELLED, "fetching the embedded model was cut off", e);
      }
    }
    return files
        .find(id)
        .orElseThrow(
            () ->
                new ModelException(
                    ErrorCode.NOT_FOUND,
                    "no model local/%s on this machine; see paddock models list, or fetch one with paddock models pull"
                        .formatted(id)))
        .file();
  }

  @Override
  public List<ModelListing> list() {
    return files.list().stream().map(model -> ModelListing.of(model.name())).toList();
  }
}
