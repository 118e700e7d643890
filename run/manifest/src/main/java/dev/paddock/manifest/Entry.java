package dev.paddock.manifest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;

/** One thing that a fresh workspace holds. */
public sealed interface Entry {
  Traits traits();

  /** The name of its kind in JSON. */
  String type();

  /** A folder and what lies in it, by relative path. */
  record Dir(Traits traits, Map<String, Entry> children) implements Entry {
    @Override
    public String type() {
      return "dir";
    }
  }

  /** A file with a text. */
  record File(Traits traits, String content) implements Entry {
    @Override
    public String type() {
      return "file";
    }
  }

  /**
   * A file of this machine.
   *
   * @param src relative to the folder that the manifest is of
   */
  record LocalFile(Traits traits, String src) implements Entry {
    @Override
    public String type() {
      return "local_file";
    }
  }

  /**
   * A folder of this machine with all files in it.
   *
   * @param src as of a file; without it the folder is empty
   */
  record LocalDir(Traits traits, Optional<String> src) implements Entry {
    @Override
    public String type() {
      return "local_dir";
    }
  }

  /**
   * A Git repository.
   *
   * @param repo its path at the host, such as {@code owner/name}
   * @param ref a branch, a tag, or a commit in full
   * @param subpath the folder of it that is wanted
   */
  record GitRepo(Traits traits, String host, String repo, String ref, Optional<String> subpath)
      implements Entry {
    @Override
    public String type() {
      return "git_repo";
    }
  }

  /**
   * Files of a storage service, which are copied in.
   *
   * @param mountPath where they appear, if not at the entry's own path
   * @param strategy by which the SDK would mount it; kept, and not used here
   * @param options of its kind; a secret among them is a reference
   */
  record Mount(
      Traits traits,
      Storage storage,
      Optional<String> mountPath,
      boolean readOnly,
      ObjectNode strategy,
      Map<String, String> options,
      ObjectNode extraOptions)
      implements Entry {
    @Override
    public String type() {
      return storage.type();
    }
  }
}
