// Stands in for react-style-singleton, which writes <style> elements: the content-security policy forbids them. A sheet
// that a script adopts is allowed.
import { useEffect } from 'react';

export const styleHookSingleton = () => (styles) => {
  useEffect(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles ?? '');
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((it) => it !== sheet);
    };
  }, [styles]);
};

export const styleSingleton = () => {
  const useStyle = styleHookSingleton();
  return ({ styles }) => {
    useStyle(styles);
    return null;
  };
};
