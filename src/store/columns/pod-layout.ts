/** The words of a pod's row. Instants are whole seconds after 1970; 0 stands for "absent" where that can be. */
export const POD = {
  UID: 0,
  GROUP: 4,
  /** The end of the name, packed; 0: the group's prefix is the whole name. */
  SUFFIX: 5,
  VERSION_HIGH: 6,
  VERSION_LOW: 7,
  CREATED: 8,
  STARTED: 9,
  READY_SINCE: 10,
  NODE: 11,
  PROFILE: 12,
  RESTARTS: 13,
  IP: 14,
  /** Where the restarts and the start of each container are. */
  CONTAINERS: 15,
  FLAGS: 16,
  GROUP_CHAIN: { previous: 17, next: 18 },
  NODE_CHAIN: { previous: 19, next: 20 },
  PROFILE_CHAIN: { previous: 21, next: 22 },
  WIDTH: 23,
} as const;

export const FLAG = {
  /** The row is in use. */
  LIVE: 1,
  /** The uid is not a UUID: its first word is a text. */
  UID_IS_TEXT: 2,
  /** The address is not IPv4: its word is a text. */
  IP_IS_TEXT: 4,
  /** There is more of this pod than its row says. */
  HAS_REST: 8,
} as const;
