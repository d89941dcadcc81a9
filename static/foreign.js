// Browsers' translators and extensions put nodes of their own in the place of the page's texts. The app, which holds on to the
// nodes that it made, would then write into texts that nobody sees, and fail where it looks for a neighbour that has gone.
//
// This script notes what stands in the place of each node that was taken out. When the app inserts before, removes or writes
// such a node, that place is meant. It knows nothing of the app, and changes nothing where nobody interferes.
//
// Like boot.js it must not use features of modules, and it is also part of the single file, whose worker has no document.

if (typeof document !== 'undefined') keepPlaces(document.body);

function keepPlaces(root) {
  const { insertBefore, removeChild } = Node.prototype;
  /** For a node that was taken out: the nodes put in its place, and what followed it. */
  const places = new WeakMap();
  const observer = new MutationObserver(note);
  observer.observe(root, { childList: true, subtree: true });

  function note(records) {
    const added = new Set();
    const written = new Set();
    for (const { type, target, addedNodes, removedNodes, previousSibling, nextSibling } of records) {
      if (type === 'characterData') {
        written.add(target);
        continue;
      }
      for (const node of addedNodes) added.add(node);
      for (const node of removedNodes) {
        if (node.isConnected) continue;
        // Put in its place with it, or before, or after.
        const beside = [previousSibling, nextSibling].filter((other) => added.has(other) && other.nodeType === Node.ELEMENT_NODE);
        const standing = addedNodes.length > 0 ? [...addedNodes] : beside.slice(0, 1);
        places.set(node, { parent: target, standing, next: nextSibling });
        if (node.nodeType === Node.TEXT_NODE) observer.observe(node, { characterData: true });
      }
    }
    for (const text of written) {
      if (!text.isConnected) putBack(text);
    }
  }

  /** The nodes in the document that stand for a node. */
  function standingFor(node, depth = 0) {
    if (node.isConnected) return [node];
    const { standing = [] } = places.get(node) ?? {};
    return depth < 50 ? standing.flatMap((other) => standingFor(other, depth + 1)) : [];
  }

  /** The child of `parent` that a node is in or stands for; the one after it where none does; null for the end. */
  function childFor(parent, node) {
    let child = standingFor(node)[0] ?? places.get(node)?.next ?? null;
    while (child && child.parentNode !== parent) child = child.parentNode;
    return child;
  }

  /** Puts a text that was written back in its place. */
  function putBack(text) {
    const [first, ...others] = standingFor(text);
    const { parent, next } = places.get(text) ?? {};
    if (first) {
      insertBefore.call(first.parentNode, text, first);
      for (const node of [first, ...others]) node.remove();
    } else if (parent?.isConnected) {
      insertBefore.call(parent, text, next?.parentNode === parent ? next : null);
    }
  }

  Node.prototype.insertBefore = function insertBeforeItsPlace(node, before) {
    if (!before || before.parentNode === this) return insertBefore.call(this, node, before ?? null);
    note(observer.takeRecords());
    return insertBefore.call(this, node, childFor(this, before));
  };

  Node.prototype.removeChild = function removeChildFromItsPlace(node) {
    if (node.parentNode === this) return removeChild.call(this, node);
    note(observer.takeRecords());
    for (const standing of standingFor(node)) standing.remove();
    return node;
  };
}
