// An address that ends in a link, as `http://127.0.0.1:4000/#tracellm://compare/…`, is opened as that link: it leads to the
// same place in every store, where the page's own addresses speak of this one.
import { useEffect } from 'react';
import { isLink } from '../domain/traceLinks';
import { useLinks } from '../queries/links';
import { replaceAddress } from '../state/history';
import { hashFromPlace, START } from '../state/place';

export function useLinkInAddress(): void {
  const links = useLinks();
  useEffect(() => {
    const open = () => {
      const link = window.location.hash.slice(1);
      if (!isLink(link)) return;
      // Going back must not open it again.
      replaceAddress(hashFromPlace(START));
      links.open(link);
    };
    open();
    window.addEventListener('hashchange', open);
    return () => {
      window.removeEventListener('hashchange', open);
    };
  }, [links]);
}
