package dev.paddock.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Compiles JSON Schema (2020-12 and draft 7) to masks over the tokens of one vocabulary. What
 * cannot be enforced is an error that names the keyword and its place.
 */
public final class SchemaCompiler implements ConstraintCompiler {
  private static final int MAX_KEPT = 32;

  private record Key(JsonNode schema, Map<String, String> sources) {}

  private final TokenVocabulary vocabulary;
  private final TokenTrie trie;
  private final MaskTable table;
  private final Map<Key, Value> kept =
      new LinkedHashMap<>(MAX_KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Value> eldest) {
          return size() > MAX_KEPT;
        }
      };

  public SchemaCompiler(TokenVocabulary vocabulary) {
    this.vocabulary = vocabulary;
    this.trie = new TokenTrie(vocabulary);
    this.table = new MaskTable(trie, vocabulary.maskWords());
  }

  @Override
  public TokenMask compile(ObjectNode schema, Map<String, String> sources) {
    boolean copies = !schema.findValues("x-paddock-source").isEmpty();
    Key key = new Key(schema.deepCopy(), copies ? Map.copyOf(sources) : Map.of());
    Value root;
    synchronized (kept) {
      root = kept.get(key);
    }
    if (root == null) {
      root = GrammarBuilder.build(new Schema(key.schema, ""), sources);
      synchronized (kept) {
        kept.put(key, root);
      }
    }
    return new SchemaMask(vocabulary, trie, table, root);
  }
}
