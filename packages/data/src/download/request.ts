/** A download as plain data: the file, its addresses and its destination. */

/** A file as its publisher describes it. */
export interface RemoteFile {
  readonly name: string;
  /** Its length. */
  readonly bytes: number;
  /** Its MD5 checksum in hexadecimal; it guards against damage, not against forgery. */
  readonly md5: string;
}

/** How far a download has come. */
export interface DownloadProgress {
  /** The name of the file. */
  readonly file: string;
  /** The address that it is downloaded from. */
  readonly url: string;
  /** Bytes so far, those of an earlier attempt included. */
  readonly received: number;
  /** Bytes of the whole file. */
  readonly total: number;
}

/** Where to download from and to, and whom to tell. */
export interface DownloadRequest {
  readonly op: string;
  readonly file: RemoteFile;
  /** Folder in which the file is kept; made when it does not exist. */
  readonly dir: string;
  /** Addresses of folders that hold the file, tried in this order. */
  readonly mirrors: readonly string[];
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds before a mirror that broke off is asked again; it doubles each time. Default 500. */
  readonly pause?: number;
  /**
   * Milliseconds after which a mirror that answers nothing is given up, and one that sends less than 1,000 bytes a second.
   * Default 15,000.
   */
  readonly patience?: number | undefined;
}
