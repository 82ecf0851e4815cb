/**
 * What the source must look like, checked by machine: the module arrows, and what no class may do. Start reading at {@link
 * io.blipmq.structure.StructureTest}.
 */
package io.blipmq.structure;
