/** For how long the bucket of build contexts keeps an object: it is a cache, and what is needed longer is sent again. */

/** Days after which S3 deletes an object. */
export const CONTEXT_DAYS = 30;

/** Days after which an object that is needed is stored again, so that no build finds it gone. */
export const RENEWED_AFTER_DAYS: number = CONTEXT_DAYS / 2;
